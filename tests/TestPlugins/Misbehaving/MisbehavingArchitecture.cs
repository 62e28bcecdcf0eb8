using System.Composition;
using Tessera.Architectures;

namespace TestPlugins;

[ExportArchitecture("misbehaving"), Shared]
public sealed class MisbehavingArchitecture : IArchitecture
{
    public IModel Build(IModelBuilder builder) => Fault.Thing("build", new MisbehavingModel())!;
}
