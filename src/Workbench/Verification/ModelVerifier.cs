using Tessera.Catalog;
using Tessera.Gguf;
using Tessera.Loading;

namespace Tessera.Workbench.Verification;

/// <summary>
/// Examines a model: the file's structure, every shape, every block of every tensor, the vocabulary, and the plugins that are involved, on this machine.
/// </summary>
/// <param name="plugins">The plugins that would serve it.</param>
/// <param name="loader">Makes its tokenizer.</param>
public sealed class ModelVerifier(PluginCatalog plugins, IModelLoader loader)
{
    /// <summary>Examines a file.</summary>
    /// <param name="path">A GGUF file; of a split model the first part.</param>
    /// <param name="progress">Hears how many of the values were looked at.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>What was found; faults are no exceptions here.</returns>
    /// <exception cref="GgufException">The file is no GGUF file, or its header is damaged.</exception>
    public ModelVerification Verify(string path, IProgress<LoadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        using GgufModelFile file = GgufModelFile.Open(path);
        ModelVerification verification = new FileVerifier(plugins, new ModelParts(plugins), loader, file).Verify(progress, cancellationToken);
        file.ExpectUnchanged();
        return verification;
    }
}
