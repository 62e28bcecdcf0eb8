using Tessera.Architectures;
using Tessera.Plugins;

namespace Tessera.Pipeline.Guards;

/// <summary>A plugin's model whose failures name the plugin.</summary>
internal sealed class GuardedModel : IModel
{
    private readonly PluginPart<IArchitecture> _part;
    private readonly IModel _model;

    /// <summary>Builds the model.</summary>
    /// <exception cref="TesseraException">The architecture fails.</exception>
    public GuardedModel(PluginPart<IArchitecture> part, IModelBuilder builder)
    {
        _part = part;
        try
        {
            _model = part.Value.Build(builder) ?? throw new InvalidOperationException("it returns nothing");
            Shape = _model.Shape ?? throw new InvalidOperationException("it has no shape");
        }
        catch (Exception e) when (PluginFailure.IsUnexplained(e))
        {
            throw PluginFailure.Of(part.Plugin, $"to build a model of the {part.Export}", e);
        }
    }

    public ModelShape Shape { get; }

    public Tensor Forward(IForwardPass pass)
    {
        try
        {
            return _model.Forward(pass);
        }
        catch (Exception e) when (PluginFailure.IsUnexplained(e))
        {
            throw PluginFailure.Of(_part.Plugin, $"to run a model of the {_part.Export}", e);
        }
    }
}
