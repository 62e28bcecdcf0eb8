using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tessera.Plugins.Management;

/// <summary>
/// The lock file of a folder of plugins: what was added to it, by subfolder. It finds changes, by accident or by another hand that did not think of it;
/// who can write the folder can write the file.
/// </summary>
internal sealed partial class PluginLock
{
    public const string FileName = "plugins.lock.json";

    private const int FormatVersion = 1;

    private readonly string _path;
    private readonly SortedDictionary<string, LockedPlugin> _plugins;

    private PluginLock(string path, SortedDictionary<string, LockedPlugin> plugins)
    {
        _path = path;
        _plugins = plugins;
    }

    public IReadOnlyDictionary<string, LockedPlugin> Plugins => _plugins;

    /// <summary>Reads a folder's lock file; where there is none, it lists nothing.</summary>
    /// <exception cref="PluginPackageException">It is no lock file, or one of a later version.</exception>
    public static PluginLock Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return new PluginLock(path, new(StringComparer.Ordinal));
        }

        try
        {
            using FileStream stream = File.OpenRead(path);
            return JsonSerializer.Deserialize(stream, LockJson.Default.Contents) switch
            {
                { Version: FormatVersion } contents => new PluginLock(path, new(contents.Plugins, StringComparer.Ordinal)),
                { Version: var version } => throw new PluginPackageException($"The lock file '{path}' has version {version}; this host reads version {FormatVersion}."),
                null => throw new JsonException("it is empty"),
            };
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new PluginPackageException($"The lock file '{path}' cannot be read: {e.Message}", e);
        }
    }

    public void Set(string subfolder, LockedPlugin plugin) => _plugins[subfolder] = plugin;

    public void Remove(string subfolder) => _plugins.Remove(subfolder);

    /// <summary>Writes the file whole or not at all.</summary>
    public void Write()
    {
        string unfinished = _path + ".tmp";
        File.WriteAllBytes(unfinished, JsonSerializer.SerializeToUtf8Bytes(new Contents(FormatVersion, _plugins), LockJson.Default.Contents));
        File.Move(unfinished, _path, overwrite: true);
    }

    internal sealed record Contents(int Version, IDictionary<string, LockedPlugin> Plugins);

    [JsonSerializable(typeof(Contents))]
    [JsonSourceGenerationOptions(
        WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
    private sealed partial class LockJson : JsonSerializerContext;
}
