"""The labs' parameters, as `wgan_utils.published` reads them: plain values, which need no import.

A value holds under each preset, a tuple has those for smoke, cpu and full; a help of the lab's own may come last.
"""

# The published recipe, and what the lab changes of it, one thing at a time.
RECIPE_ARMS = ("recipe", "BatchNorm not frozen", "last layer clipped", "one joint update", "no BatchNorm")

# What the lab on mode collapse compares: a loss, a penalty, and the updates of discriminator and generator in a step.
COLLAPSE_ARMS = (
    *("GAN 1:1", "GAN 1:10", "GAN 5:1", "GAN with R1 5:1", "GAN with R1 1:10"),
    *("WGAN without penalty 5:1", "WGAN clipped 5:1", "WGAN-GP 5:1", "WGAN-GP 1:1", "no critic"),
)

# The lab on checkerboards: kernels of a transposed convolution with stride 2, and upsampling.
DOUBLING_ARMS = ("kernel 5", "kernel 4", "upsampling")

_FACES = {  # of the labs of lesson 06
    "WIDTH": (0.0625, 0.25, 0.25),
    "N_EVAL": (40, 1000, 1000, "images that each number is measured on"),
    "LEARNING_RATE": 5e-4,
    "MIRROR": True,
    "LATENT_DIM": 100,
    "SEED": (3, "initial weights, batches and latent vectors; smaller ones ship"),
    "DATA_DIR": ("", "where your data lie; empty: WGAN_DATA_DIR, then data/"),
    "ALLOW_STANDIN": (True, "whether drawn people may replace faces that can't be had"),
}

LABS = {
    "checkerboard": {
        "arms": DOUBLING_ARMS,
        "ARM": ("kernel 5", "which way to double a feature map is trained here"),
        "STEPS": (4, 110, 440, "generator updates of the training in this lab"),
        "BATCH_SIZE": 64,
        "CRITIC_STEPS": (1, 3, 3),
        "LAMBDA": 10.0,
        "BETA_1": 0.5,
        **_FACES,
    },
    "clipping": {
        "STEPS": (4, 400, 400, "updates of each critic"),
        "MAX_DEPTH": (4, 12, 12),
        "WIDTH": (0.125, 1.0, 1.0, "units of a hidden layer, as a multiple of 128"),
        "SEEDS": (1, 3, 3, "how many seeds each critic gets"),
        "BATCH_SIZE": (128, "real points per update, and as many generated ones"),
        "LAMBDA": (10.0, "the factor of the one-sided penalty"),
        "SEED": (0, "the first seed; it fixes points, initial weights and batches"),
    },
    "critics": {
        "STEPS": (6, 900, 900, "updates of each critic"),
        "WIDTH": (0.125, 1.0, 1.0, "hidden units, as a multiple of the full networks'"),
        "SEEDS": (1, 3, 3, "how many critics of each kind are trained"),
        "BATCH_SIZE": (256, "real points per update, and as many generated ones"),
        "CLIP_VALUE": (0.1, "no weight of a clipped critic is further from 0 than this"),
        "LAMBDA": (10.0, "the factor of both penalties"),
        "SEED": (0, "the first seed; it fixes points, initial weights and batches"),
    },
    "distances": {
        "STEPS": (6, 1500, 1500, "updates of each network that is trained here"),
        "WIDTH": (0.125, 1.0, 1.0, "hidden units, as a multiple of 64"),
        "SEEDS": (2, 3, 5, "how many seeds each of them gets"),
        "BATCH_SIZE": (128, "points of each cloud in an update"),
        "SEED": (0, "the first seed; it fixes points, initial weights and batches"),
    },
    "collapse": {
        "arms": COLLAPSE_ARMS,
        "ARM": ("GAN 1:10", "which of the ten arms is trained here"),
        "STEPS": (6, 1500, 1500, "steps of the training in this lab"),
        "WIDTH": (0.125, 1.0, 1.0, "hidden units, as a multiple of 64"),
        "GAMMA": (1.0, "γ, the factor of the R1 penalty"),
        "LAMBDA": (1.0, "λ, the factor of WGAN-GP's penalty"),
        "CLIP_VALUE": (0.1, "bound of the clipped critic's weights"),
        "LEARNING_RATE": 1e-3,
        "BATCH_SIZE": (128, "real points per update, and as many generated ones"),
        "LATENT_DIM": 16,
        "SEED": 0,
    },
    "metrics": {
        "SEEDS": (2, 5, 5, "how often each set is drawn"),
        "N_EVAL": (40, 1000, 1000, "training images, and images of each set"),
        "SEED": (0, "the first seed; it fixes which images are drawn"),
        "DATA_DIR": "",
        "ALLOW_STANDIN": True,
    },
    "vae": {
        "STEPS": (4, 440, 17_600, "updates of the autoencoder in this lab"),
        "BATCH_SIZE": (64, "images per update"),
        **_FACES,
        "LEARNING_RATE": (5e-4, "of the autoencoder's Adam"),
        "LATENT_DIM": (100, "length of a latent vector"),
    },
    "published_recipe": {
        "arms": RECIPE_ARMS,
        "ARM": ("recipe", "which change to the recipe is trained here"),
        "STEPS": (4, 194, 970, "generator updates of the training in this lab"),
        "WIDTH": (0.125, 0.5, 0.5),
        "BATCH_SIZE": (32, "real images per critic update, half of the recipe's 64"),
        "SEED": 0,
        "DATA_DIR": "",
        "ALLOW_STANDIN": True,
    },
}
