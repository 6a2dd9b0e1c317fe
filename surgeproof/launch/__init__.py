"""The launch plan and the records that cross rooms. Pure: no clock is read, nothing is opened but plans and traces."""
