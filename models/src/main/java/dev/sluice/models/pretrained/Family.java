package dev.sluice.models.pretrained;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.models.transformer.TransformerConfig;
import java.util.List;
import java.util.regex.Pattern;

/** How the checkpoints of one kind of model say what it is made of and name its tensors. */
interface Family {
    /** What {@code model_type} says. */
    String modelType();

    /**
     * What the file says.
     *
     * @param mostLayers so that a hostile number of them costs nothing
     * @throws CheckpointException if it makes no model, or one that Sluice does not have
     * @throws IllegalArgumentException likewise
     */
    TransformerConfig read(JsonFile file, int mostLayers);

    /** Says {@code config} in the keys of this family; what they cannot say is left out. */
    void write(TransformerConfig config, ObjectNode keys);

    /** Every tensor of a model. */
    List<StoredTensor> tensors(TransformerConfig config);

    /** What the names of all but the output start with, and may lack. */
    String prefix();

    /** Names of stored tensors that are no parameters. */
    Pattern ignored();
}
