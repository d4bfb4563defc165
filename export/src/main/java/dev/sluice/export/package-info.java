/**
 * Finished runs in the forms of other tools: ONNX, safetensors, CSV, TensorBoard, and a static site
 * on which a model runs in the browser. Start with {@link dev.sluice.export.Export}.
 */
@NullMarked
package dev.sluice.export;

import org.jspecify.annotations.NullMarked;
