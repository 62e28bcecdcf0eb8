using System.Composition;
using Tessera.Gguf;
using Tessera.Tokenization;

namespace TestPlugins;

[ExportTokenizer("stub"), Shared]
public sealed class StubTokenizerFactory : ITokenizerFactory
{
    public ITokenizer Create(IGgufMetadata metadata, TokenizerOptions options) => throw new NotSupportedException();
}
