using System.Composition;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Logging;
using Tessera.Architectures;
using Tessera.Gguf;
using Tessera.Guards;
using Tessera.Plugins;
using Tessera.Quantization;
using Tessera.Tokenization;

namespace Tessera.Catalog;

/// <summary>
/// The plugins of a process: found, checked and loaded once; and what they provide, by the keys that model files ask with.
/// A plugin that cannot be used is listed with the reason, and the others still load. Parts are made on first use.
/// </summary>
/// <remarks>
/// Each plugin folder has an <see cref="System.Runtime.Loader.AssemblyLoadContext"/> of its own, which keeps dependencies apart.
/// A load context is no security boundary: a plugin runs with all rights of the process. Install only plugins that you trust.
/// </remarks>
public sealed class PluginCatalog
{
    private readonly KeyedPartTable<ExportQuantFormatAttribute, IQuantFormat> quantFormats = new(
        "quantization format", nameof(ExportQuantFormatAttribute.Type), export => export.Type, export => [export.Name, NumberOf(export)], Describe,
        GuardedFormat.Of);

    private readonly KeyedPartTable<ExportTokenizerAttribute, ITokenizerFactory> tokenizers = new(
        "tokenizer", nameof(ExportTokenizerAttribute.Model), export => export.Model, export => [export.Model], export => export.Model,
        GuardedTokenizerFactory.Of);

    private readonly KeyedPartTable<ExportArchitectureAttribute, IArchitecture> architectures = new(
        "architecture", nameof(ExportArchitectureAttribute.Name), export => export.Name, export => [export.Name], export => export.Name,
        (part, architecture) => new GuardedArchitecture(part, architecture));

    private readonly PartTable[] tables;
    private readonly List<PluginInfo> plugins = [];
    private readonly List<PluginRejection> rejected = [];
    private readonly ILoggerFactory loggers;
    private readonly ILogger logger;

    private readonly IReadOnlyList<PluginSearchFolder> searched;
    private readonly PluginOptions options;

    private PluginCatalog(IReadOnlyList<PluginSearchFolder> searched, PluginOptions options, ILoggerFactory loggers)
    {
        this.loggers = loggers;
        logger = loggers.CreateLogger("Tessera.Plugins");
        this.searched = searched;
        this.options = options;
        tables = [quantFormats, tokenizers, architectures];
    }

    /// <summary>The plugins that offer to serve something, in the order in which they were found.</summary>
    public IReadOnlyList<PluginInfo> Plugins => plugins;

    /// <summary>What was found and is not used, and why.</summary>
    public IReadOnlyList<PluginRejection> Rejected => rejected;

    /// <summary>For each key that several plugins serve and none was chosen for: who they are and how to choose.</summary>
    public IReadOnlyList<PluginConflict> Conflicts => [.. tables.SelectMany(table => table.Conflicts)];

    /// <summary>All quantization formats.</summary>
    public IReadOnlyCollection<PluginPart<IQuantFormat>> QuantFormats => quantFormats.Parts;

    /// <summary>All tokenizers.</summary>
    public IReadOnlyCollection<PluginPart<ITokenizerFactory>> Tokenizers => tokenizers.Parts;

    /// <summary>All architectures.</summary>
    public IReadOnlyCollection<PluginPart<IArchitecture>> Architectures => architectures.Parts;

    /// <summary>Where plugins were sought, or why nowhere, in half a sentence.</summary>
    internal string WhereSought => PluginFolders.Describe(searched, options);

    /// <summary>Loads the plugins of the usual folders and of those that the options name.</summary>
    /// <param name="options">Further folders, the application's own parts, and what was chosen.</param>
    /// <param name="loggers">Gives each plugin its logger.</param>
    /// <exception cref="ArgumentException">A part that the options give is none.</exception>
    /// <exception cref="MissingPluginException">A plugin that was chosen for a key does not serve it.</exception>
    public static PluginCatalog Load(PluginOptions options, ILoggerFactory loggers) => Load(PluginFolders.For(options), options, loggers);

    /// <summary>Loads the plugins of these folders and no others.</summary>
    /// <param name="folders">The folders; those of the options are not looked at.</param>
    /// <param name="options">The application's own parts, and what was chosen.</param>
    /// <param name="loggers">Gives each plugin its logger.</param>
    /// <exception cref="ArgumentException">A part that the options give is none.</exception>
    /// <exception cref="MissingPluginException">A plugin that was chosen for a key does not serve it.</exception>
    public static PluginCatalog Load(IEnumerable<PluginSearchFolder> folders, PluginOptions options, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(folders);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(loggers);
        long start = Stopwatch.GetTimestamp();
        PluginSearchFolder[] searched = [.. folders];
        var catalog = new PluginCatalog(searched, options, loggers);
        if (PluginFolders.AreSupported && options.SearchFolders)
        {
            var discovery = new PluginDiscovery(catalog.rejected, new LockCheck(options.LockedOnly));
            foreach (IReadOnlyList<PluginFile> files in searched.SelectMany(discovery.Find))
            {
                catalog.Load(files);
            }
        }

        catalog.Add(options.Parts);
        foreach ((string key, string plugin) in options.Use)
        {
            catalog.Choose(new PluginUse(key, plugin));
        }

        catalog.Report(Stopwatch.GetElapsedTime(start));
        return catalog;
    }

    /// <summary>Finds the format of a tensor type.</summary>
    /// <param name="type">The type number in the file.</param>
    /// <param name="format">The format and its plugin.</param>
    /// <exception cref="PluginConflictException">Several plugins serve it, and none was chosen.</exception>
    public bool TryGetQuantFormat(GgmlType type, [NotNullWhen(true)] out PluginPart<IQuantFormat>? format) =>
        quantFormats.TryGet(type, out format);

    /// <summary>The tensor type that people call so.</summary>
    /// <param name="name">A format's name, in upper or lower case, or its number.</param>
    /// <returns>Null where no plugin serves it.</returns>
    public GgmlType? FindQuantFormat(string name) => quantFormats.KeysNamed(name).Cast<GgmlType?>().FirstOrDefault();

    /// <summary>Finds the tokenizer of a model.</summary>
    /// <param name="model">The value of <c>tokenizer.ggml.model</c>.</param>
    /// <param name="tokenizer">The tokenizer's factory and its plugin.</param>
    /// <exception cref="PluginConflictException">Several plugins serve it, and none was chosen.</exception>
    public bool TryGetTokenizer(string model, [NotNullWhen(true)] out PluginPart<ITokenizerFactory>? tokenizer) =>
        tokenizers.TryGet(model, out tokenizer);

    /// <summary>Finds the architecture of a model.</summary>
    /// <param name="name">The value of <c>general.architecture</c>.</param>
    /// <param name="architecture">The architecture and its plugin.</param>
    /// <exception cref="PluginConflictException">Several plugins serve it, and none was chosen.</exception>
    public bool TryGetArchitecture(string name, [NotNullWhen(true)] out PluginPart<IArchitecture>? architecture) =>
        architectures.TryGet(name, out architecture);

    [RequiresUnreferencedCode(PluginFolders.NeedAllCode), RequiresDynamicCode(PluginFolders.NeedAllCode)]
    private void Load(IReadOnlyList<PluginFile> files)
    {
        PluginLoadContext context;
        try
        {
            context = new PluginLoadContext(files);
        }
        catch (Exception e)
        {
            // A .deps.json that cannot be read, for example.
            Reject(files[0], $"The plugin '{files[0].Path}' cannot be loaded: {PluginFailure.Describe(e)}");
            return;
        }

        foreach (PluginFile file in files)
        {
            Load(file, context);
        }
    }

    [RequiresUnreferencedCode(PluginFolders.NeedAllCode), RequiresDynamicCode(PluginFolders.NeedAllCode)]
    private void Load(PluginFile file, PluginLoadContext context)
    {
        PluginAssembly plugin;
        try
        {
            plugin = new PluginAssembly(file, context, loggers);
        }
        catch (Exception e)
        {
            Reject(file, $"The plugin '{file.Path}' cannot be loaded: {PluginFailure.Describe(e)}");
            return;
        }

        int rejectedBefore = rejected.Count;
        foreach (PartDeclaration part in plugin.Declarations)
        {
            Add(plugin, file, part);
        }

        if (plugin.Info.Exports.Count > 0)
        {
            plugins.Add(plugin.Info);
        }
        else if (rejected.Count == rejectedBefore)
        {
            Reject(file, $"The plugin '{file.Path}' exports nothing: no class in it carries [ExportQuantFormat], [ExportTokenizer] or [ExportArchitecture].");
        }
    }

    [RequiresUnreferencedCode(PluginFolders.NeedAllCode), RequiresDynamicCode(PluginFolders.NeedAllCode)]
    private void Add(PluginAssembly plugin, PluginFile file, PartDeclaration part)
    {
        if (Add(plugin, part) is { } reason)
        {
            plugin.LeaveOut(part);
            Reject(file, $"The class {part.Type.FullName} of the plugin '{file.Path}' is not used: {reason}.");
        }
    }

    /// <summary>Files what a class exports under its key; null, or why not. What a plugin exports to itself is left to it.</summary>
    private string? Add(PartSource source, PartDeclaration part)
    {
        ExportAttribute[] exports = [.. part.Exports.Where(export => TableOf(export) is not null)];
        return exports switch
        {
            [] => null,
            [var export] => TableOf(export)!.Add(source, part, export),
            _ => $"it carries {exports.Length} export attributes; a class exports one part",
        };
    }

    private void Add(IEnumerable<object> parts)
    {
        foreach (IGrouping<Assembly, object> ofAssembly in parts.GroupBy(part => part is LatePart late ? late.Type.Assembly : part.GetType().Assembly))
        {
            PluginInfo info = ApplicationPart.Describe(ofAssembly.Key);
            foreach (object part in ofAssembly.Select(part => part is LatePart late ? late.Create(new PluginContext(info, loggers)) : part))
            {
                var given = new ApplicationPart(info, part);
                int before = info.Exports.Count;
                string? reason = Add(given, given.Declaration);
                if (info.Exports.Count == before)
                {
                    reason ??= "it carries no export attribute";
                    throw new ArgumentException($"An object of the class {part.GetType().FullName} cannot serve: {reason}.", nameof(parts));
                }
            }

            plugins.Add(info);
        }
    }

    private void Choose(PluginUse use)
    {
        int chosen = tables.Count(table => table.Choose(use));
        if (chosen > 0)
        {
            return;
        }

        string[] offering = [.. tables.SelectMany(table => table.Offering(use.Key)).Select(plugin => $"{plugin.Name} ('{plugin.Folder}')").Distinct()];
        throw new MissingPluginException(offering.Length == 0
            ? $"{use}: no plugin serves '{use.Key}'."
            : $"{use}: no plugin '{use.Plugin}' serves '{use.Key}'; it is served by {string.Join(" and ", offering)}.");
    }

    private void Report(TimeSpan elapsed)
    {
        foreach (PluginInfo plugin in plugins)
        {
            PluginEvents.Found(logger, plugin.Name, plugin.Version, plugin.Folder, plugin.Exports);
        }

        foreach (PluginRejection rejection in rejected)
        {
            PluginEvents.Rejected(logger, rejection.Reason);
        }

        foreach (PluginConflict conflict in Conflicts)
        {
            PluginEvents.InConflict(logger, conflict.Problem, conflict.Choices);
        }

        PluginEvents.Ready(logger, plugins.Count, rejected.Count, elapsed.TotalMilliseconds);
    }

    /// <summary>The table for an export; <see langword="null"/> for what a plugin exports to itself.</summary>
    private PartTable? TableOf(ExportAttribute export) => Array.Find(tables, table => table.Contract == export.ContractType);

    private void Reject(PluginFile file, string reason) => rejected.Add(new PluginRejection(file.Path, reason));

    private static string Describe(ExportQuantFormatAttribute export)
    {
        string number = NumberOf(export);
        return export.Name == number ? number : $"{export.Name} ({number})";
    }

    private static string NumberOf(ExportQuantFormatAttribute export) => ((uint)export.Type).ToString(CultureInfo.InvariantCulture);
}
