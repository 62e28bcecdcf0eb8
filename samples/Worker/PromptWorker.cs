using Tessera.Generation;

namespace Samples.Worker;

/// <summary>Continues each prompt of the configuration, then ends the program.</summary>
internal sealed class PromptWorker(
    IServiceProvider services, IConfiguration configuration, IHostApplicationLifetime lifetime, ILogger<PromptWorker> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Not in the constructor: the host makes its services before it starts any, and the model is loaded while it starts.
        var model = services.GetRequiredService<LanguageModel>();

        // One session for all: what prompts begin with alike is computed once.
        await using IModelSession session = model.CreateSession();
        foreach (string prompt in configuration.GetSection("Prompts").Get<string[]>() ?? [])
        {
            var request = new GenerationRequest { Prompt = model.Encode(prompt), MaxTokens = 24, Sampling = model.Sampling with { Temperature = 0 } };
            string answer = "";
            await foreach (GeneratedToken token in session.GenerateAsync(request, stoppingToken))
            {
                answer += token.Text;
            }

            logger.LogInformation("{Prompt} {Answer}", prompt, answer.ReplaceLineEndings(" "));
        }

        lifetime.StopApplication();
    }
}
