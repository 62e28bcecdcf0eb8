using Tessera.Generation;
using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Tokenization;

namespace Tessera.Loading;

/// <summary>Assembles models from files and the plugins that serve them.</summary>
public interface IModelLoader
{
    /// <summary>Loads a model: finds the plugins, checks the file, reads the parameters and binds the weights.</summary>
    /// <param name="path">A GGUF file; of a split model the first part.</param>
    /// <param name="options">How to load it; null for the defaults.</param>
    /// <param name="progress">Hears how far it is.</param>
    /// <param name="cancellationToken">Stops loading; nothing stays open.</param>
    /// <exception cref="GgufException">The file cannot be used.</exception>
    /// <exception cref="MissingPluginException">A format, tokenizer or architecture has no plugin.</exception>
    /// <exception cref="PluginConflictException">One has several, and none was chosen.</exception>
    Task<LanguageModel> LoadAsync(
        string path, ModelOptions? options = null, IProgress<LoadProgress>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Makes only the tokenizer of a model.</summary>
    /// <param name="metadata">The model's metadata.</param>
    /// <param name="options">What to use in place of what the file names; null for nothing.</param>
    /// <exception cref="GgufException">The metadata describes no usable tokenizer.</exception>
    /// <exception cref="MissingPluginException">The tokenizer has no plugin.</exception>
    /// <exception cref="PluginConflictException">It has several, and none was chosen.</exception>
    ITokenizer CreateTokenizer(IGgufMetadata metadata, ModelOptions? options = null);
}
