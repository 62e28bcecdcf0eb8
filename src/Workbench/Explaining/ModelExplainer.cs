using Tessera.Catalog;
using Tessera.Gguf;
using Tessera.Loading;
using Tessera.Plugins;
using Tessera.Runtime.Threads;

namespace Tessera.Workbench.Explaining;

/// <summary>Goes the way of loading a model and tells what it would run with, and why.</summary>
/// <param name="plugins">The plugins that would serve it.</param>
public sealed class ModelExplainer(PluginCatalog plugins)
{
    /// <summary>Explains a file. It binds one matrix of each kind at a time.</summary>
    /// <param name="path">A GGUF file; of a split model the first part.</param>
    /// <param name="options">How the model would be loaded; null for the defaults.</param>
    /// <param name="cancellationToken">Stops between two tensors.</param>
    /// <exception cref="GgufException">The file cannot be used.</exception>
    /// <exception cref="MissingPluginException">A format, tokenizer or architecture has no plugin.</exception>
    /// <exception cref="PluginConflictException">One has several, and none was chosen.</exception>
    public ModelExplanation Explain(string path, ModelOptions? options = null, CancellationToken cancellationToken = default)
    {
        using GgufModelFile file = GgufModelFile.Open(path);
        try
        {
            ModelExplanation explanation = new FileExplainer(plugins, new ModelParts(plugins), file, options ?? new ModelOptions()).Explain(cancellationToken);
            file.ExpectUnchanged();
            return explanation;
        }
        catch (WorkCancelledException)
        {
            throw new OperationCanceledException(cancellationToken);
        }
    }
}
