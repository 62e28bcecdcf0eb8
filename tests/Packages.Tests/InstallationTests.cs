using Tessera.Conformance;

namespace Tessera.Packages.Tests;

public class InstallationTests(LocalFeed feed)
{
    private const string Prompt = "ROMEO:";

    [Fact]
    public async Task The_tool_and_an_application_with_the_meta_package_generate_the_same_text()
    {
        string folder = Path.Combine(feed.Folder, "Application");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "Application.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Tessera" Version="{feed.Version}" />
              </ItemGroup>
            </Project>
            """, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "Program.cs"), """
            using Microsoft.Extensions.DependencyInjection;
            using Tessera.Generation;
            using Tessera.Pipeline;

            using ServiceProvider services = new ServiceCollection().AddTessera().BuildServiceProvider();
            using LanguageModel model = await services.GetRequiredService<IModelLoader>().LoadAsync(args[0]);
            using IModelSession session = model.CreateSession();
            var request = new GenerationRequest { Prompt = model.Encode(args[1]), MaxTokens = 24, Sampling = new SamplingOptions { Temperature = 0 } };
            await foreach (GeneratedToken token in session.GenerateAsync(request))
            {
                Console.Write(token.Text);
            }
            """, TestContext.Current.CancellationToken);
        string published = Path.Combine(feed.Folder, "published");
        await feed.DotnetAsync(folder, "publish", "-c", "Release", "-o", published);

        string model = Path.Combine(Golden.RepositoryRoot, "models", "shakespeare.Q4_K_M.gguf");
        string fromApplication = await feed.DotnetAsync(folder, Path.Combine(published, "Application.dll"), model, Prompt);
        string fromTool = await feed.TesseraAsync("run", model, "-p", Prompt, "-n", "24", "--temp", "0");

        Assert.NotEmpty(fromApplication.Trim());
        Assert.Equal(fromTool.Trim(), fromApplication.Trim());
    }

    [Fact]
    public async Task The_tool_brings_a_model_and_the_plugins_for_it() => Assert.NotEmpty((await feed.TesseraAsync("run", "-n", "8")).Trim());
}
