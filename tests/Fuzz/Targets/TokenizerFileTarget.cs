using Tessera.Fuzz.Corpus;
using Tessera.Fuzz.Harness;
using Tessera.Gguf;
using Tessera.Loading;

namespace Tessera.Fuzz.Targets;

/// <summary>A tokenizer's own file beside a good model.</summary>
internal abstract class TokenizerFileTarget : FuzzTarget
{
    private readonly IGgufMetadata _metadata = GgufFile.Read(TinyModels.Vocabularies[0], "model.gguf").Metadata;

    public override void Run(string path) => TokenizeTarget.Use(EngineUnderTest.Loader.CreateTokenizer(_metadata, new ModelOptions { Tokenizer = path }));
}
