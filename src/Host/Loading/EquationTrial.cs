using Tessera.Architectures;
using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Runtime;
using Tessera.Runtime.State;

namespace Tessera.Loading;

/// <summary>Runs a model's equations once over shapes alone, when it is built: what does not fit is found here, not when it is computed.</summary>
internal static class EquationTrial
{
    // Two, of which one is wanted: what confuses the tokens with the outputs shows.
    private const int Tokens = 2;

    /// <exception cref="GgufException">The model's shape, its tensors and its equations do not fit each other.</exception>
    /// <exception cref="TesseraException">The architecture fails.</exception>
    public static void Run(string file, PluginPart<IArchitecture> architecture, IModel model, DeclaredStates states)
    {
        GgufException Unfit(string problem) => new(file, architecture.Export.ToString(), -1, problem);
        ModelShape shape = model.Shape;
        if (shape is not { Vocabulary: > 0, Width: > 0, ContextLength: >= 0, Layers: >= 0 })
        {
            throw Unfit($"its shape has a length that is not positive: {shape}");
        }

        using var trial = new ShapePass(states);
        try
        {
            trial.Run(model, Tokens, wanted: 1);
        }
        catch (UnfitEquationsException e)
        {
            throw Unfit(e.Message.TrimEnd('.'));
        }
    }
}
