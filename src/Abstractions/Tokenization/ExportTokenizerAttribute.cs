using System.Composition;

namespace Tessera.Tokenization;

/// <summary>Exports an <see cref="ITokenizerFactory"/> for a value of <c>tokenizer.ggml.model</c>.</summary>
[MetadataAttribute]
[AttributeUsage(AttributeTargets.Class)]
public sealed class ExportTokenizerAttribute(string model) : ExportAttribute(typeof(ITokenizerFactory))
{
    /// <summary>The value of <c>tokenizer.ggml.model</c>, for example <c>llama</c> or <c>gpt2</c>.</summary>
    public string Model { get; } = model;
}
