using System.Composition;
using Tessera.Architectures;
using Tessera.Plugins;

[assembly: PluginContract(2)]

namespace Company_Plugin;

/// <summary>Serves models whose <c>general.architecture</c> is <c>toy</c>.</summary>
[ExportArchitecture("toy"), Shared]
public sealed class ToyArchitecture : IArchitecture
{
    public IModel Build(IModelBuilder builder) => new ToyModel(ToyParameters.Read(builder), builder);
}
