using System.Text;
using Tessera.Conformance;
using Tessera.Conformance.Tokenization;

namespace Tessera.Tokenizer.Bpe.Tests;

public sealed class LlamaBpeConformance() : TokenizerConformance(new BpeTokenizerFactory(null), "llama-bpe");

public sealed class Qwen2Conformance() : TokenizerConformance(new BpeTokenizerFactory(null), "qwen2");

public sealed class Gpt2Conformance() : TokenizerConformance(new BpeTokenizerFactory(null), "gpt-2");

public sealed class DeepSeekLlmConformance() : TokenizerConformance(new BpeTokenizerFactory(null), "deepseek-llm");

public sealed class DeepSeekCoderConformance() : TokenizerConformance(new BpeTokenizerFactory(null), "deepseek-coder");

/// <remarks>The vocabulary has no token for the byte 0xF2.</remarks>
public sealed class FalconConformance() : TokenizerConformance(new BpeTokenizerFactory(null), "falcon")
{
    protected override bool Holds(Rune character) => character.Plane is < 8 or > 11;
}

/// <remarks>The vocabulary has no token for the byte 0xF1.</remarks>
public sealed class StarCoderConformance() : TokenizerConformance(new BpeTokenizerFactory(null), "starcoder")
{
    protected override bool Holds(Rune character) => character.Plane is < 4 or > 7;
}

public sealed class ShakespeareBpeConformance() : TokenizerConformance(new BpeTokenizerFactory(null), "shakespeare-bpe")
{
    private static readonly string Folder = Path.Combine(Golden.RepositoryRoot, "tests", "fixtures", "shakespeare-bpe");

    protected override string VocabularyPath => Path.Combine(Folder, "shakespeare-bpe.Q4_K_M.gguf");

    protected override string CasesPath => Path.Combine(Folder, "tokens.jsonl");
}
