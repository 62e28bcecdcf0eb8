using Tessera.Architectures;
using Tessera.Plugins;

namespace Tessera.Guards;

/// <summary>A plugin's model whose failures name the plugin. Its shape is asked for once.</summary>
internal sealed class GuardedModel(PluginPart<IArchitecture> part, IModel model) : IModel
{
    public ModelShape Shape { get; } = model.Shape ?? throw new InvalidOperationException("its model has no shape");

    public Tensor Embed(IForwardPass pass)
    {
        try
        {
            return model.Embed(pass);
        }
        catch (Exception e) when (PluginFailure.IsUnexplained(e))
        {
            throw Failure(e);
        }
    }

    public Tensor Layer(IForwardPass pass, int layer, Tensor x)
    {
        try
        {
            return model.Layer(pass, layer, x);
        }
        catch (Exception e) when (PluginFailure.IsUnexplained(e))
        {
            throw Failure(e);
        }
    }

    public Tensor Hidden(IForwardPass pass, Tensor x)
    {
        try
        {
            return model.Hidden(pass, x);
        }
        catch (Exception e) when (PluginFailure.IsUnexplained(e))
        {
            throw Failure(e);
        }
    }

    public Tensor Logits(IForwardPass pass, Tensor hidden)
    {
        try
        {
            return model.Logits(pass, hidden);
        }
        catch (Exception e) when (PluginFailure.IsUnexplained(e))
        {
            throw Failure(e);
        }
    }

    private TesseraException Failure(Exception e) => PluginFailure.Of(part.Plugin, $"to run a model of the {part.Export}", e);
}
