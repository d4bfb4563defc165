package dev.sluice.experiments.language;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.data.text.corpus.Document;
import dev.sluice.data.text.corpus.Documents;
import dev.sluice.experiments.text.RulePreview;
import dev.sluice.models.transformer.Transformer;
import dev.sluice.models.transformer.TransformerConfig;
import dev.sluice.routing.Batch;
import dev.sluice.routing.RoutePlan;
import dev.sluice.routing.RoutingRule;
import dev.sluice.routing.plan.PlanFiles;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;

/** What the page of a language model is drawn from. */
record LanguageArtefacts(
        Transformer model,
        LanguageText text,
        RoutePlan<Batch.Sequences> plan,
        List<LanguageTask.Sample> samples) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PREVIEWED = 300;
    private static final int SHOWN = 6;

    Map<String, Object> collect() {
        Map<String, Object> all = new LinkedHashMap<>();
        TransformerConfig config = model.config();
        all.put("parameters", model.parameterCount());
        all.put("vocabulary", config.vocabulary());
        all.put("layers", config.blocks().size());
        all.put("width", config.dModel());
        all.put("heads", config.blocks().get(0).heads());
        all.put("context", config.context());
        all.put("samples", plain(samples));
        if (!plan.routes().isEmpty()) {
            all.put("plan", PlanFiles.write(plan));
            List<Object> previews = new ArrayList<>();
            for (RoutingRule<? super Batch.Sequences> rule : LanguagePlans.rules(plan)) {
                previews.add(plain(preview(rule)));
            }
            all.put("rules", previews);
        }
        return all;
    }

    /** What a rule catches in text that was set aside. */
    private RulePreview preview(RoutingRule<? super Batch.Sequences> rule) {
        List<Document> documents = new ArrayList<>();
        LongPredicate own = text.setAside();
        try (Documents all = text.corpus().open()) {
            while (all.hasNext() && documents.size() < PREVIEWED) {
                Document document = all.next();
                if (own.test(document.number())) {
                    documents.add(document);
                }
            }
        }
        return RulePreview.of(rule, text.tokenizer(), documents.iterator(), SHOWN);
    }

    private static Object plain(Object value) {
        return JSON.convertValue(value, new TypeReference<Object>() {});
    }
}
