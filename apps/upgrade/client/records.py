"""What a team keeps in MLflow: `make` puts some of each kind there, `read` prints all of it as JSON, `work` logs on
and on and prints how much of it is there.

The client of any release runs it, against the server of any other; MLFLOW_TRACKING_URI says which. `read` leaves
out what others log meanwhile.
"""

from __future__ import annotations

import hashlib
import json
import math
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import mlflow
from mlflow.entities import ViewType
from mlflow.tracking import MlflowClient

MODEL = 'forecast'
PROMPT = 'summary'

client = MlflowClient()


class Doubler(mlflow.pyfunc.PythonModel):  # type: ignore[misc]
    """The smallest model that predicts something."""

    def predict(self, model_input: list[float]) -> list[float]:
        """Twice of everything."""
        return [2 * value for value in model_input]


def make() -> None:
    """Experiments, runs, artifacts, a model with versions, a trace, a prompt; one run is left open."""
    experiment = client.create_experiment('sales', tags={'team': 'a'})
    client.delete_experiment(client.create_experiment('abandoned'))
    mlflow.set_experiment(experiment_id=experiment)
    with mlflow.start_run(run_name='parent'):
        mlflow.log_params({'depth': 3, 'text': 'ä' * 500})
        for step in range(20):
            mlflow.log_metric('loss', 1 / (step + 1), step=step)
        mlflow.log_metrics({'never': math.nan, 'endless': math.inf, 'small': -1e-30})
        mlflow.set_tags({'release': 'old', 'mlflow.note.content': 'a note\nof two lines'})
        mlflow.log_text('hello', 'notes/hello.txt')
        mlflow.log_dict({'a': [1, 2]}, 'notes/values.json')
        for version in (1, 2):
            mlflow.pyfunc.log_model(name=f'model-{version}', python_model=Doubler(), registered_model_name=MODEL, pip_requirements=[])
        with mlflow.start_run(run_name='child', nested=True):
            mlflow.log_param('seed', 1)
    client.set_registered_model_alias(MODEL, 'champion', '1')
    client.set_registered_model_tag(MODEL, 'task', 'forecast')
    client.set_model_version_tag(MODEL, '2', 'checked', 'yes')
    client.update_registered_model(MODEL, description='doubles')
    client.set_terminated(client.create_run(experiment, run_name='failed').info.run_id, 'FAILED')
    client.delete_run(client.create_run(experiment, run_name='deleted').info.run_id)
    client.log_metric(client.create_run(experiment, run_name='open').info.run_id, 'before', 1.0)
    with mlflow.start_span('answer') as span:
        span.set_inputs({'question': 'how much?'})
        with mlflow.start_span('look up', attributes={'table': 'sales'}):
            pass
        span.set_outputs({'answer': 42})
    mlflow.flush_trace_async_logging()
    mlflow.log_feedback(trace_id=span.trace_id, name='right', value=True)
    mlflow.genai.register_prompt(PROMPT, 'Sum up {{ text }}', tags={'language': 'en'})


def work() -> dict[str, int]:
    """Logs without a pause until its standard input ends, as training does; whatever fails is the client's own to repeat."""
    ended = threading.Event()

    def wait() -> None:
        sys.stdin.read()
        ended.set()

    threading.Thread(target=wait, daemon=True).start()
    mlflow.set_experiment('work')
    done = 0
    with mlflow.start_run(run_name='work') as run:
        while not ended.is_set():
            mlflow.log_metric('step', done, step=done)
            with mlflow.start_span(f'step {done}', attributes={'mlflow.llm.model': 'a model'}):
                pass
            mlflow.log_text(str(done), f'steps/{done}.txt')
            done += 1
            if done == 1:
                print('working', flush=True)
    mlflow.flush_trace_async_logging()
    traces = mlflow.search_traces(locations=[run.info.experiment_id], max_results=10_000, return_type='list')
    return {
        'done': done,
        'metrics': len(client.get_metric_history(run.info.run_id, 'step')),
        'artifacts': len(client.list_artifacts(run.info.run_id, 'steps')),
        'traces': len(traces),
        'named': len({one.info.tags.get('mlflow.traceName') for one in traces} - {None}),
        'spans': sum(len(one.data.spans) for one in traces),
    }


def files(run_id: str, folder: str = '') -> dict[str, str]:
    """SHA-256 of every artifact of a run, by path."""
    found: dict[str, str] = {}
    for entry in client.list_artifacts(run_id, folder):
        if entry.is_dir:
            found |= files(run_id, entry.path)
        else:
            with tempfile.TemporaryDirectory() as scratch:
                content = Path(client.download_artifacts(run_id, entry.path, scratch)).read_bytes()
            found[entry.path] = hashlib.sha256(content).hexdigest()
    return found


def plain(run: Any) -> dict[str, Any]:
    """A run with its models in order: the database hands them out in any."""
    told: dict[str, Any] = run.to_dictionary()
    told['outputs']['model_outputs'].sort(key=lambda model: model['model_id'])
    return told


def read() -> dict[str, Any]:
    """Everything, in an order that does not depend on the database."""
    experiments = [one for one in client.search_experiments(ViewType.ALL) if one.name not in ('Default', 'work')]
    runs = client.search_runs([one.experiment_id for one in experiments], run_view_type=ViewType.ALL)
    traces = mlflow.search_traces(
        locations=[one.experiment_id for one in experiments if one.lifecycle_stage == 'active'], return_type='list'
    )
    return {
        'experiments': {one.name: dict(one) for one in experiments},
        'runs': {run.info.run_name: plain(run) for run in runs},
        'loss': {
            run.info.run_name: [[one.step, one.value, one.timestamp] for one in client.get_metric_history(run.info.run_id, 'loss')]
            for run in runs
        },
        'artifacts': {run.info.run_name: files(run.info.run_id) for run in runs if run.info.lifecycle_stage == 'active'},
        'models': {one.name: [one.description, one.tags, one.aliases] for one in client.search_registered_models()},
        'versions': {
            f'{one.name} {one.version}': [one.run_id, one.source, one.status, one.tags, one.creation_timestamp]
            for one in client.search_model_versions()
        },
        'predictions': list(mlflow.pyfunc.load_model(f'models:/{MODEL}@champion').predict([1.0, 2.5])),
        'traces': [one.to_dict() for one in traces],
        'prompt': client.get_prompt_version(PROMPT, '1').template,
    }


if __name__ == '__main__':
    told = {'make': make, 'read': read, 'work': work}[sys.argv[1]]()
    # JSON does not know "not a number".
    print(json.dumps(told, default=str).replace('NaN', '"NaN"'))
