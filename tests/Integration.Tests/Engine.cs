using Microsoft.Extensions.DependencyInjection;
using Tessera.Loading;

namespace Tessera.Integration.Tests;

/// <summary>The engine as an application embeds it, with the plugins beside the tests.</summary>
internal static class Engine
{
    private static readonly ServiceProvider Services = new ServiceCollection().AddTessera().BuildServiceProvider();

    public static IModelLoader Loader => Services.GetRequiredService<IModelLoader>();
}
