using Tessera.Conformance;

namespace Tessera.Packages.Tests;

public class InstallationTests(LocalFeed feed)
{
    private const string Prompt = "ROMEO:";

    [Fact]
    public async Task The_tool_and_an_application_with_the_meta_package_generate_the_same_text()
    {
        string folder = await WriteApplicationAsync("Application");
        string published = Path.Combine(feed.Folder, "published");
        await feed.DotnetAsync(folder, "publish", "-c", "Release", "-o", published);

        string model = Path.Combine(Golden.RepositoryRoot, "models", "shakespeare.Q4_K_M.gguf");
        string fromApplication = await feed.DotnetAsync(folder, Path.Combine(published, "Application.dll"), model, Prompt);
        string fromTool = await feed.TesseraAsync("run", model, "-p", Prompt, "-n", "24", "--temp", "0");

        Assert.NotEmpty(fromApplication.Trim());
        Assert.Equal(fromTool.Trim(), fromApplication.Trim());
    }

    /// <remarks>The application is at the first versions of the packages that it shares with the libraries.</remarks>
    [Fact]
    public async Task An_application_that_is_published_as_a_single_file_has_its_plugins_beside_it()
    {
        string folder = await WriteApplicationAsync("SingleFile", """<PackageReference Include="Microsoft.Extensions.Hosting" Version="10.0.0" />""");
        string published = Path.Combine(feed.Folder, "single");
        await feed.DotnetAsync(
            folder, "publish", "-c", "Release", "-o", published, "--use-current-runtime", "--no-self-contained",
            "-p:PublishSingleFile=true", "-p:EnableSingleFileAnalyzer=false");

        string model = Path.Combine(Golden.RepositoryRoot, "models", "shakespeare.Q4_K_M.gguf");
        string text = await feed.RunAsync(Path.Combine(published, "SingleFile"), model, Prompt);

        Assert.Empty(Directory.GetFiles(published, "*.dll"));
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(published, "plugins", "Quant.Q4K"), "*.dll"));
        Assert.NotEmpty(text.Trim());
    }

    [Fact]
    public async Task The_tool_runs_without_being_installed() =>
        Assert.NotEmpty(await feed.DotnetAsync(feed.Folder, "tool", "exec", $"Tessera.Cli@{feed.Version}", "--yes", "--", "run", "-n", "8"));

    [Fact]
    public async Task The_tool_brings_a_model_and_the_plugins_for_it() => Assert.NotEmpty((await feed.TesseraAsync("run", "-n", "8")).Trim());

    /// <returns>The folder of the project, which is named as the folder.</returns>
    private async Task<string> WriteApplicationAsync(string name, string references = "")
    {
        string folder = Path.Combine(feed.Folder, name);
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, $"{name}.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Tessera" Version="{feed.Version}" />
                <PackageReference Include="Microsoft.Extensions.DependencyInjection" Version="10.0.0" />
                {references}
              </ItemGroup>
            </Project>
            """, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "Program.cs"), """
            using Microsoft.Extensions.DependencyInjection;
            using Tessera.Generation;
            using Tessera.Loading;

            using ServiceProvider services = new ServiceCollection().AddTessera().BuildServiceProvider();
            using LanguageModel model = await services.GetRequiredService<IModelLoader>().LoadAsync(args[0]);
            using IModelSession session = model.CreateSession();
            var request = new GenerationRequest { Prompt = model.Encode(args[1]), MaxTokens = 24, Sampling = new SamplingOptions { Temperature = 0 } };
            await foreach (GeneratedToken token in session.GenerateAsync(request))
            {
                Console.Write(token.Text);
            }
            """, TestContext.Current.CancellationToken);
        return folder;
    }
}
