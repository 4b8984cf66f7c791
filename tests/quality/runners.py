"""Stand-ins for the sandbox: scripted outcomes, never an execution."""

from collections.abc import Callable, Iterable, Iterator

from codesieve.sandbox import CallResult, Job, Outcome, Status

Answer = Callable[[Job], tuple[Status, list[CallResult], str | None]]


class ScriptedRunner:
    """Answers each job with what `answer` says; keeps the jobs it was given."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.jobs: list[Job] = []

    def run(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        for job in jobs:
            self.jobs.append(job)
            status, results, detail = self.answer(job)
            yield Outcome(job.job_id, status, tuple(results), detail, "L3", 0.1, 0.1)


def returning(*values: object) -> ScriptedRunner:
    """A runner in which every job runs and its calls return `values`."""
    results = [CallResult("returned", value) for value in values]
    return ScriptedRunner(lambda job: (Status.RAN, results[: len(job.calls)], None))


def ending(status: Status, detail: str | None = None, *results: CallResult) -> ScriptedRunner:
    """A runner in which every job ends in `status`, its missing results lost."""
    lost = CallResult("lost")
    return ScriptedRunner(
        lambda job: (status, [*results, *[lost] * len(job.calls)][: len(job.calls)], detail)
    )
