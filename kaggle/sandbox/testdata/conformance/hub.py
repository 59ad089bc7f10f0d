"""What kagglehub makes of the sandbox: one JSON line for each of the calls in argv.

A call is whoami, COMPETITION or COMPETITION:FILE. Its line has the name or the
path that kagglehub gave back, or the kind and the text of its error.
"""
import json
import sys

import kagglehub

for call in sys.argv[1:]:
    name, _, file = call.partition(":")
    try:
        if call == "whoami":
            result = kagglehub.whoami()
        else:
            result = {"path": kagglehub.competition_download(name, path=file or None)}
    except Exception as e:  # the test wants to see any
        result = {"error": type(e).__name__, "text": str(e)}
    print("\nRESULT " + json.dumps(result))
