using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Tessera.Plugins;

/// <summary>A plugin's assembly, as its metadata describes it. Reading it loads and runs nothing.</summary>
internal sealed record PluginFile(string Path, PluginSource Source, string Name, Version Version, int ContractVersion)
{
    private const ushort AttributeBlobProlog = 1;

    public string Folder => System.IO.Path.GetDirectoryName(Path)!;

    /// <summary>Whether a lock file lists it with the hash that its folder has.</summary>
    public bool IsLocked { get; init; }

    /// <summary>Why a host with this version of the contract must not load it, or <see langword="null"/>.</summary>
    public string? WhyNot(int hostContract)
    {
        if (ContractVersion == hostContract)
        {
            return null;
        }

        string cure = ContractVersion < hostContract ? "get or build it for this version" : "it needs a newer host";
        return $"The plugin '{Path}' was built for version {ContractVersion} of the plugin contract; this host has version {hostContract}: {cure}.";
    }

    /// <summary>Reads a file; <see langword="null"/> for a native library and for an assembly that is not a plugin.</summary>
    /// <exception cref="BadImageFormatException">The file is no executable image, or a damaged one.</exception>
    /// <exception cref="IOException">It is empty, or no regular file; or it cannot be opened.</exception>
    public static PluginFile? Read(string path, PluginSource source)
    {
        using FileStream stream = PlainFile.OpenRead(path);
        try
        {
            using var image = new PEReader(stream);
            return image.HasMetadata ? Read(image.GetMetadataReader(), path, source) : null;
        }
        catch (Exception e) when (e is OverflowException or ArgumentException or InvalidOperationException)
        {
            // The metadata reader lets some damage through as the arithmetic that it broke.
            throw new BadImageFormatException(e.Message, e);
        }
    }

    /// <summary>The plugins among the <c>.dll</c> files of a folder. Files that cannot be read as assemblies are passed over.</summary>
    public static IEnumerable<PluginFile> ReadAll(string folder, SearchOption depth)
    {
        foreach (string path in Directory.GetFiles(folder, "*.dll", depth).Order(StringComparer.Ordinal))
        {
            PluginFile? plugin = null;
            try
            {
                plugin = Read(path, PluginSource.Option);
            }
            catch (Exception e) when (e is BadImageFormatException or IOException)
            {
                // A native library of another platform, for example.
            }

            if (plugin is not null)
            {
                yield return plugin;
            }
        }
    }

    private static PluginFile? Read(MetadataReader metadata, string path, PluginSource source)
    {
        if (!metadata.IsAssembly || ReadContractVersion(metadata) is not { } contract)
        {
            return null;
        }

        AssemblyDefinition assembly = metadata.GetAssemblyDefinition();
        return new PluginFile(path, source, metadata.GetString(assembly.Name), assembly.Version, contract);
    }

    private static int? ReadContractVersion(MetadataReader metadata)
    {
        foreach (CustomAttributeHandle handle in metadata.GetAssemblyDefinition().GetCustomAttributes())
        {
            CustomAttribute attribute = metadata.GetCustomAttribute(handle);
            if (IsPluginContract(metadata, attribute))
            {
                BlobReader value = metadata.GetBlobReader(attribute.Value);
                return value.ReadUInt16() == AttributeBlobProlog
                    ? value.ReadInt32()
                    : throw new BadImageFormatException("its contract attribute cannot be read");
            }
        }

        return null;
    }

    private static bool IsPluginContract(MetadataReader metadata, CustomAttribute attribute)
    {
        if (attribute.Constructor.Kind != HandleKind.MemberReference)
        {
            return false;
        }

        EntityHandle parent = metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent;
        if (parent.Kind != HandleKind.TypeReference)
        {
            return false;
        }

        TypeReference type = metadata.GetTypeReference((TypeReferenceHandle)parent);
        return metadata.StringComparer.Equals(type.Name, nameof(PluginContractAttribute))
            && metadata.StringComparer.Equals(type.Namespace, typeof(PluginContractAttribute).Namespace!);
    }
}
