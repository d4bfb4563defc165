/**
 * Runs and what is left of them: the folder of a run with its manifest, metrics, checkpoints,
 * summary and timing, and how a run is stopped and shown while it goes on. Everything in a run's
 * folder is written under a temporary name, forced to disk and renamed, so a run killed at any
 * moment can be continued.
 */
@NullMarked
package dev.sluice.training;

import org.jspecify.annotations.NullMarked;
