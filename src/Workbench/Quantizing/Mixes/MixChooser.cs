using Tessera.Gguf;

namespace Tessera.Workbench.Quantizing.Mixes;

/// <summary>Applies a mix to the matrices of one model, which it must see in the order of the file that is written.</summary>
/// <param name="mix">The mix.</param>
/// <param name="model">The model.</param>
/// <param name="fits">Whether rows of so many columns are whole blocks of a type.</param>
internal sealed class MixChooser(QuantizationMix mix, ModelTraits model, Func<long, GgmlType, bool> fits)
{
    private int _valueMatrices;
    private int _downMatrices;

    /// <summary>The type of the next matrix.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="columns">The length of its rows.</param>
    public GgmlType Choose(string name, long columns)
    {
        TensorRole role = TensorNames.RoleOf(name);
        if (role == TensorRole.Output || (role == TensorRole.TokenEmbedding && model.IsTied))
        {
            return mix.OutputType is null ? mix.Type : model.IsFalcon || !fits(columns, mix.Type) ? GgmlType.Q8_0 : mix.OutputType.Value;
        }

        // llama-quantize counts matrices instead of reading their layer from the name, except where a layer has one for each expert.
        return role switch
        {
            TensorRole.AttentionValue => mix.TypeOf(role, _valueMatrices++, model.ValueMatrices, model),
            TensorRole.FeedForwardDown => mix.TypeOf(role, model.Experts > 1 ? TensorNames.LayerOf(name) : _downMatrices++, model.Layers, model),
            _ => mix.TypeOf(role, 0, 0, model),
        };
    }
}
