"""The real Pulumi engine on this machine: the resource handlers behind the provider protocol, and the commands that drive it.

| file | what lives there |
|---|---|
| `__main__.py`, `provider.py` | the provider plugin `aws`: the handlers behind Pulumi's provider protocol |
| `wire.py`, `differences.py` | properties on the wire; what differs between two sets of inputs, and what that forces |
| `cli.py`, `command.py` | the Pulumi CLI: where it is, and how one of its commands runs and is interrupted |
| `folder.py`, `workspace.py` | the project's state folder, and the workspace that the engine runs in |
| `cloud.py` | the embedded AWS that outlives a command |
| `recovery.py` | what an interrupted run left behind |
| `operations.py`, `report.py` | preview, up, refresh and destroy, and what they tell |
"""
