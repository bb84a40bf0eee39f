"""What the log shows."""

from __future__ import annotations

import json
import logging

from tracking_server.log import JsonFormatter


class TestLog:
    def test_is_one_object_a_line_without_passwords(self) -> None:
        try:
            raise ValueError('two\nlines')
        except ValueError as error:
            raised = (ValueError, error, error.__traceback__)
            record = logging.LogRecord('x', logging.ERROR, __file__, 1, 'at %s', ('postgresql://mlflow:s3cret@db/x',), raised)
        line = JsonFormatter().format(record)
        assert '\n' not in line
        entry = json.loads(line)
        assert entry['message'] == 'at postgresql://mlflow:***@db/x'
        assert 'ValueError' in entry['exception']

    def test_signatures_stay_out(self) -> None:
        record = logging.LogRecord('x', logging.INFO, __file__, 1, 'GET /?A=b&X-Amz-Security-Token=s3%3D&X-Amz-Signature=cret', (), None)
        assert json.loads(JsonFormatter().format(record))['message'] == 'GET /?A=b&X-Amz-Security-Token=***&X-Amz-Signature=***'
