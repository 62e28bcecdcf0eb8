using Tessera.Architectures;
using Tessera.Plugins;

namespace Tessera.Guards;

/// <summary>A plugin's model whose failures name the plugin. Its shape is asked for once.</summary>
internal sealed class GuardedModel(PluginPart<IArchitecture> part, IModel model) : IModel
{
    public ModelShape Shape { get; } = model.Shape ?? throw new InvalidOperationException("its model has no shape");

    public Tensor Forward(IForwardPass pass)
    {
        try
        {
            return model.Forward(pass);
        }
        catch (Exception e) when (PluginFailure.IsUnexplained(e))
        {
            throw PluginFailure.Of(part.Plugin, $"to run a model of the {part.Export}", e);
        }
    }
}
