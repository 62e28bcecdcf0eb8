using Tessera.Conformance.Tokenization;

namespace Tessera.Conformance.Tests.Tokenization;

/// <summary>The suite for the toy tokenizer.</summary>
internal sealed class ToySuite(TokenizerFlaw flaw) : TokenizerConformance(new ToyTokenizerFactory(flaw), "toy")
{
    protected override string VocabularyPath => Path.Combine(ToyVocabulary.Folder, "toy.gguf");

    protected override string CasesPath => Path.Combine(ToyVocabulary.Folder, "toy.jsonl");
}
