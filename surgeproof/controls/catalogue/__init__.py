"""The catalogue: one module a service, one function a control. The registry imports them all."""
