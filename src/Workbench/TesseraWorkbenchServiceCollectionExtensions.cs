using Microsoft.Extensions.DependencyInjection.Extensions;
using Tessera.Workbench.Explaining;
using Tessera.Workbench.Importance;
using Tessera.Workbench.Quantizing;
using Tessera.Workbench.Verification;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts the tools into a host's services.</summary>
public static class TesseraWorkbenchServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="ModelQuantizer"/>, <see cref="ImportanceCollector"/>, <see cref="ModelVerifier"/> and <see cref="ModelExplainer"/>, which take the
    /// engine from the same services.
    /// </summary>
    /// <param name="services">The services, with the engine.</param>
    public static IServiceCollection AddTesseraWorkbench(this IServiceCollection services)
    {
        services.TryAddSingleton<ModelQuantizer>();
        services.TryAddSingleton<ImportanceCollector>();
        services.TryAddSingleton<ModelVerifier>();
        services.TryAddSingleton<ModelExplainer>();
        return services;
    }
}
