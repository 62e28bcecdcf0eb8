using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tessera.Generation;

HostApplicationBuilder builder = Host.CreateApplicationBuilder(args);
builder.AddTesseraModel();
using IHost host = builder.Build();

// Plugins are found and the model is loaded while the host starts.
await host.StartAsync();
CancellationToken stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;

var model = host.Services.GetRequiredService<LanguageModel>();
await using IModelSession session = model.CreateSession();
var request = new GenerationRequest
{
    Prompt = model.Encode(builder.Configuration["Prompt"] ?? ""),
    MaxTokens = builder.Configuration.GetValue<int>("MaxTokens"),
    Sampling = model.Sampling with { Temperature = 0 },
};
await foreach (GeneratedToken token in session.GenerateAsync(request, stopping))
{
    Console.Write(token.Text);
}

Console.WriteLine();
await host.StopAsync();
