"""`artifacts.py FILE EXPERIMENT`: logs a file as an artifact and reads it back. Prints one JSON line about it.

Reads the tracking URI, and whatever else an MLflow client does, from the environment.
"""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import mlflow

file, experiment = Path(sys.argv[1]), sys.argv[2]
mlflow.set_experiment(experiment)
with mlflow.start_run() as run, TemporaryDirectory() as directory:
    mlflow.log_artifact(str(file))
    read = Path(mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path=file.name, dst_path=directory))
    if read.read_bytes() != file.read_bytes():
        sys.exit('the artifact read back is another')
    artifact_uri = mlflow.get_artifact_uri()

print(json.dumps({'experimentId': run.info.experiment_id, 'runId': run.info.run_id, 'artifactUri': artifact_uri}))
