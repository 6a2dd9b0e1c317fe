"""The policy pack: the controls as policies of Pulumi's own CLI. Needs the extra `pack`."""
