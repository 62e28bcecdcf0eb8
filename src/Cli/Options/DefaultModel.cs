namespace Tessera.Cli.Options;

/// <summary>The model that ships with the project, for a first run without a download.</summary>
internal static class DefaultModel
{
    public const string Prompt = "ROMEO:";

    public static string Path => System.IO.Path.Combine(AppContext.BaseDirectory, "models", "shakespeare.Q4_K_M.gguf");
}
