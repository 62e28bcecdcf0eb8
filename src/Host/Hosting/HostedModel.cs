using Tessera.Generation;
using Tessera.Loading;

namespace Tessera.Hosting;

/// <summary>A model of the services, loaded once.</summary>
/// <param name="loader">Loads it.</param>
/// <param name="options">What and how.</param>
/// <param name="section">The configuration's section that the options come from.</param>
/// <param name="root">The folder at which relative paths begin; null for the current one.</param>
internal sealed class HostedModel(IModelLoader loader, HostedModelOptions options, string section, string? root) : IAsyncDisposable, IDisposable
{
    private readonly Lock _lock = new();
    private Task<LanguageModel>? _loading;

    /// <summary>The model; who asks before it is loaded waits.</summary>
    public LanguageModel Model => LoadAsync(CancellationToken.None).GetAwaiter().GetResult();

    public Task<LanguageModel> LoadAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _loading ??= loader.LoadAsync(Path.Combine(root ?? "", PathOf(options)), options, cancellationToken: cancellationToken);
        }
    }

    public void Dispose()
    {
        if (_loading is { IsCompletedSuccessfully: true, Result: var model })
        {
            model.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_loading is { IsCompletedSuccessfully: true, Result: var model })
        {
            await model.DisposeAsync().ConfigureAwait(false);
        }
    }

    private string PathOf(HostedModelOptions model) => string.IsNullOrEmpty(model.Path)
        ? throw new TesseraException($"No model was named: give its path in code, or in the configuration as {section}:Path.")
        : model.Path;
}
