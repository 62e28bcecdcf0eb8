using Tessera.Plugins;

namespace Tessera.Catalog;

/// <summary>A part of the application's that is made when plugins are loaded, of what each of them gets from the host.</summary>
internal sealed record LatePart(Type Type, Func<IPluginContext, object> Create);
