using Tessera.Conformance.Tokenization;

namespace Company_Plugin.Tests;

/// <summary>The whole suite over <c>texts.jsonl</c>: each text with its ids, without special tokens and with, and what they decode to. Add your own.</summary>
public sealed class ToyConformance() : TokenizerConformance(new ToyTokenizerFactory(), "toy")
{
    protected override string VocabularyPath => ToyVocabulary.Path;

    protected override string CasesPath => Path.Combine(AppContext.BaseDirectory, "texts.jsonl");
}
