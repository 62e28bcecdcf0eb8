using Tessera.Generation;
using Tessera.Gguf;
using Tessera.Plugins;
using Tessera.Tokenization;
using Tessera.Workbench.Explaining;
using Tessera.Workbench.Verification;

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
    Task<LanguageModel> LoadAsync(string path, ModelOptions? options = null, IProgress<LoadProgress>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Goes the way of <see cref="LoadAsync"/> and tells what a model would run with, and why. It binds one matrix of each kind at a time.</summary>
    /// <param name="path">A GGUF file; of a split model the first part.</param>
    /// <param name="options">How the model would be loaded; null for the defaults.</param>
    /// <exception cref="GgufException">The file cannot be used.</exception>
    /// <exception cref="MissingPluginException">A format, tokenizer or architecture has no plugin.</exception>
    /// <exception cref="PluginConflictException">One has several, and none was chosen.</exception>
    ModelExplanation Explain(string path, ModelOptions? options = null);

    /// <summary>
    /// Examines a model: the file's structure, every shape, every block of every tensor, the vocabulary, and the plugins that are involved, on this machine.
    /// </summary>
    /// <param name="path">A GGUF file; of a split model the first part.</param>
    /// <param name="progress">Hears how many of the values were looked at.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>What was found; faults are no exceptions here.</returns>
    /// <exception cref="GgufException">The file is no GGUF file, or its header is damaged.</exception>
    ModelVerification Verify(string path, IProgress<LoadProgress>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Makes only the tokenizer of a model.</summary>
    /// <param name="metadata">The model's metadata.</param>
    /// <param name="options">What to use in place of what the file names; null for nothing.</param>
    /// <exception cref="GgufException">The metadata describes no usable tokenizer.</exception>
    /// <exception cref="MissingPluginException">The tokenizer has no plugin.</exception>
    /// <exception cref="PluginConflictException">It has several, and none was chosen.</exception>
    ITokenizer CreateTokenizer(IGgufMetadata metadata, ModelOptions? options = null);
}
