#!/usr/bin/env node
import { execute, settings } from '@oclif/core';

// The commands are compiled; oclif must not look for a TypeScript loader when NODE_ENV is "test".
settings.enableAutoTranspile = false;

await execute({ dir: import.meta.url });
