using Tessera.Architectures;
using Tessera.Plugins;

namespace Tessera.Guards;

/// <summary>A plugin's architecture whose failures name the plugin, and whose models are guarded.</summary>
internal sealed class GuardedArchitecture(PluginPart<IArchitecture> part, IArchitecture architecture) : IArchitecture
{
    public IModel Build(IModelBuilder builder)
    {
        try
        {
            return new GuardedModel(part, architecture.Build(builder) ?? throw new InvalidOperationException("it returns nothing"));
        }
        catch (Exception e) when (PluginFailure.IsUnexplained(e))
        {
            throw PluginFailure.Of(part.Plugin, $"to build a model of the {part.Export}", e);
        }
    }
}
