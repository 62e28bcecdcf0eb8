using System.Composition;
using Tessera.Gguf;
using Tessera.Tokenization;

namespace TestPlugins;

[ExportTokenizer("throwing"), Shared]
public sealed class ThrowingTokenizerFactory : ITokenizerFactory
{
    public ITokenizer Create(IGgufMetadata metadata, TokenizerOptions options) => throw new InvalidOperationException("no luck in Create");
}
