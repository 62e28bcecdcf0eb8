using Tessera.Conformance;
using Tessera.Conformance.Tokenization;

namespace Tessera.Tokenizer.Spm.Tests;

public sealed class LlamaConformance() : TokenizerConformance(new SpmTokenizerFactory(), "llama-spm");

public sealed class Phi3Conformance() : TokenizerConformance(new SpmTokenizerFactory(), "phi-3");

public sealed class ShakespeareConformance() : TokenizerConformance(new SpmTokenizerFactory(), "shakespeare")
{
    protected override string VocabularyPath => Path.Combine(Golden.RepositoryRoot, "models/shakespeare.Q4_K_M.gguf");

    protected override string CasesPath => Path.Combine(Golden.RepositoryRoot, "tests/fixtures/shakespeare/tokens.jsonl");
}
