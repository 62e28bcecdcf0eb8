using Tessera.Conformance;
using Tessera.Conformance.Tokenization;

namespace Tessera.Tokenizer.Bpe.Tests;

public sealed class LlamaBpeConformance() : TokenizerConformance(new BpeTokenizerFactory(null), "llama-bpe");

public sealed class Qwen2Conformance() : TokenizerConformance(new BpeTokenizerFactory(null), "qwen2");

public sealed class Gpt2Conformance() : TokenizerConformance(new BpeTokenizerFactory(null), "gpt-2");

public sealed class DeepSeekLlmConformance() : TokenizerConformance(new BpeTokenizerFactory(null), "deepseek-llm");

public sealed class DeepSeekCoderConformance() : TokenizerConformance(new BpeTokenizerFactory(null), "deepseek-coder");

public sealed class FalconConformance() : TokenizerConformance(new BpeTokenizerFactory(null), "falcon");

public sealed class StarCoderConformance() : TokenizerConformance(new BpeTokenizerFactory(null), "starcoder");

public sealed class ShakespeareBpeConformance() : TokenizerConformance(new BpeTokenizerFactory(null), "shakespeare-bpe")
{
    private static readonly string Folder = Path.Combine(Golden.RepositoryRoot, "tests", "fixtures", "shakespeare-bpe");

    protected override string VocabularyPath => Path.Combine(Folder, "shakespeare-bpe.Q4_K_M.gguf");

    protected override string CasesPath => Path.Combine(Folder, "tokens.jsonl");
}
