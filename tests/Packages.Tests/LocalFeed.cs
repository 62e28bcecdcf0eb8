using System.Reflection;
using System.Runtime.InteropServices;
using Tessera.Conformance;
using Tessera.Packages.Tests;

[assembly: AssemblyFixture(typeof(LocalFeed))]

namespace Tessera.Packages.Tests;

/// <summary>
/// All packages under a version that no other run has, in a temporary folder that holds everything that comes of them: installed packages, the
/// templates' hive and the tool. Packages of others are taken from the user's folder where they are there, or from the user's sources.
/// </summary>
public sealed class LocalFeed : IAsyncLifetime
{
    private readonly Dictionary<string, string> _environment = new()
    {
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_NOLOGO"] = "1",
        ["DOTNET_CLI_UI_LANGUAGE"] = "en",
        ["NuGetAudit"] = "false",
        // The sample's tests run outside the repository and would look for it beside themselves.
        ["TESSERA_GOLDEN"] = Golden.Folder,
        // No process stays behind, and none keeps the output open.
        ["MSBUILDDISABLENODEREUSE"] = "1",
        ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
        ["UseSharedCompilation"] = "false",
        // The tool's executable finds the runtime that the tests run on.
        ["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..")),
    };

    /// <summary>The version of all packages.</summary>
    public string Version { get; } = $"0.1.0-e2e.x{Guid.NewGuid():N}"[..24];

    /// <summary>The folder for everything; deleted in the end.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("tessera-packages-").FullName;

    /// <summary>The packages.</summary>
    public string Packages => Path.Combine(Folder, "feed");

    private string Hive => Path.Combine(Folder, "hive");

    private string Tools => Path.Combine(Folder, "tools");

    public async ValueTask InitializeAsync()
    {
        string theirs = (await DotnetAsync(Folder, "nuget", "locals", "global-packages", "--list")).Split(": ", 2)[1].Trim();
        await File.WriteAllTextAsync(Path.Combine(Folder, "nuget.config"), $"""
            <configuration>
              <packageSources><add key="tessera-test" value="{Packages}" /></packageSources>
              <fallbackPackageFolders>{(Directory.Exists(theirs) ? $"<add key=\"user\" value=\"{theirs}\" />" : "")}</fallbackPackageFolders>
            </configuration>
            """);
        _environment["NUGET_PACKAGES"] = Path.Combine(Folder, "installed");
        await PackAsync("Plugins.sln", Packages);
        await DotnetAsync(Folder, "new", "install", "--debug:custom-hive", Hive, Path.Combine(Packages, $"Tessera.Templates.{Version}.nupkg"));
        await DotnetAsync(Folder, "tool", "install", "Tessera.Cli", "--tool-path", Tools, "--version", Version);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Packs what is built already.</summary>
    internal Task<string> PackAsync(string project, string output)
    {
        string configuration = typeof(LocalFeed).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Configuration").Value!;
        return DotnetAsync(
            Golden.RepositoryRoot, "pack", project, "-c", configuration, "--no-build", $"-p:PackageVersion={Version}", $"-p:PackageOutputPath={output}/");
    }

    internal Task<string> DotnetAsync(string folder, params IEnumerable<string> arguments) => Command.RunAsync("dotnet", folder, _environment, arguments);

    /// <summary>Runs a program.</summary>
    internal Task<string> RunAsync(string program, params IEnumerable<string> arguments) => Command.RunAsync(program, Folder, _environment, arguments);

    /// <summary>Starts a program that goes on until it is disposed.</summary>
    internal BackgroundCommand Start(string program, string folder, params IEnumerable<string> arguments) => new(program, folder, _environment, arguments);

    /// <summary>Makes a project from a template.</summary>
    /// <returns>The project's folder.</returns>
    internal async Task<string> NewAsync(string template, string name, params IEnumerable<string> options)
    {
        await DotnetAsync(Folder, ["new", template, "-n", name, .. options, "--debug:custom-hive", Hive]);
        return Path.Combine(Folder, name);
    }

    /// <summary>Types commands into a shell, one after the other, where the tool and the templates are installed.</summary>
    /// <returns>What a wide terminal without colours shows.</returns>
    internal async Task<string> TypeAsync(string folder, IEnumerable<string> commands)
    {
        string script = Path.Combine(folder, ".commands");
        await File.WriteAllTextAsync(script, $$"""
            stty cols 1000 -echo
            PATH={{Tools}}:$PATH
            dotnet() { if [ "$1" = new ]; then command dotnet "$@" --debug:custom-hive {{Hive}}; else command dotnet "$@"; fi; }
            {{string.Concat(commands)}}
            """);
        var terminal = new Dictionary<string, string>(_environment)
        {
            ["TERM"] = "dumb",
            ["NO_COLOR"] = "1",
            ["MSBUILDTERMINALLOGGER"] = "off",
            // The user's plugins.
            ["XDG_DATA_HOME"] = Path.Combine(folder, ".local", "share"),
        };
        return await Command.RunAsync("script", folder, terminal, "-q", "-c", $"sh {script}", "/dev/null");
    }

    /// <summary>Runs the installed tool.</summary>
    internal Task<string> TesseraAsync(params IEnumerable<string> arguments) => RunAsync(Path.Combine(Tools, "tessera"), arguments);
}
