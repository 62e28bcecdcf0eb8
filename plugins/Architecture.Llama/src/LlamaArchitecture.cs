using System.Composition;
using Tessera.Architectures;
using Tessera.Plugins;

[assembly: PluginContract(2)]

namespace Tessera.Architecture.Llama;

/// <summary>Llama 1 to 3 and everything that shares their equations: grouped-query attention, rotary positions, SwiGLU (Touvron et al. 2023).</summary>
[ExportArchitecture("llama"), Shared]
public sealed class LlamaArchitecture : IArchitecture
{
    public IModel Build(IModelBuilder builder) => new LlamaModel(LlamaParameters.Read(builder), builder);
}
