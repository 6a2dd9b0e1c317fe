"""AWS on one machine: what a Pulumi program deploys, kept by an emulator, run by real parts."""
