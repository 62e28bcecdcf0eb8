using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Tessera.Plugins;

/// <summary>
/// The lock file of a folder of plugins: what was added to it, by subfolder. It finds changes, by accident or by another hand that did not think of it;
/// who can write the folder can write the file.
/// </summary>
internal sealed partial class PluginLock
{
    public const string FileName = "plugins.lock.json";

    private const int FormatVersion = 1;

    // A line for each plugin; some thousand of them fit.
    private const int MaxBytes = 1 << 20;

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
            using FileStream stream = PlainFile.OpenRead(path);
            if (stream.Length > MaxBytes)
            {
                throw new JsonException($"it has more than {MaxBytes} bytes");
            }

            return JsonSerializer.Deserialize(stream, LockJson.Default.Contents) switch
            {
                { Version: FormatVersion } contents => new PluginLock(path, Check(contents.Plugins)),
                { Version: var version } =>
                    throw new PluginPackageException($"The lock file '{path}' has version {version}; this host reads version {FormatVersion}."),
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

    /// <summary>
    /// Whether a plugin's folder may be called so: an assembly's name is anything that somebody wrote into it, and so is what a lock file lists.
    /// </summary>
    public static bool IsFolderName(string name) => PlainName().IsMatch(name) && PortableName.Is(name);

    /// <summary>Writes the file whole or not at all.</summary>
    /// <param name="unfinished">Where it is until it is whole, in the same folder.</param>
    public void Write(string unfinished)
    {
        File.WriteAllBytes(unfinished, JsonSerializer.SerializeToUtf8Bytes(new Contents(FormatVersion, _plugins!), LockJson.Default.Contents));
        File.Move(unfinished, _path, overwrite: true);
    }

    private static SortedDictionary<string, LockedPlugin> Check(IDictionary<string, LockedPlugin?> plugins)
    {
        var known = new SortedDictionary<string, LockedPlugin>(StringComparer.Ordinal);
        foreach ((string name, LockedPlugin? plugin) in plugins)
        {
            if (!IsFolderName(name))
            {
                throw new JsonException($"'{name}' is no name for a plugin's folder");
            }

            known[name] = plugin ?? throw new JsonException($"it says nothing of '{name}'");
        }

        return known;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9_.-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex PlainName();

    internal sealed record Contents(int Version, IDictionary<string, LockedPlugin?> Plugins);

    [JsonSerializable(typeof(Contents))]
    [JsonSourceGenerationOptions(
        WriteIndented = true,
        PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        AllowDuplicateProperties = false)]
    private sealed partial class LockJson : JsonSerializerContext;
}
